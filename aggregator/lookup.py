"""From what a person names an item or a speaker by to the item or the speaker."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from aggregator.render.shapes import Json
from parsers.errors import NotFoundError
from parsers.model import Alias, Item
from parsers.nato_paths import page_address
from parsers.people import Tenure, match_people
from parsers.urls import canonical_url, document_key
from storage.archive import Archive

_BEGINNING = re.compile("[a-z2-7]{4,15}")
_BARE_ADDRESS = re.compile(r"\s*[\w-]+(?:\.[\w-]+)+/")


def identify(archive: Archive, named: str) -> str:
    """The id of the item a person means by an id, by the beginning of one, or by an address.

    Raises:
        NotFoundError: No item has that address, or several have such an id.
    """
    url = page_address(named) or canonical_url(named) or _complete_address(named)
    if not url:
        return _complete_id(archive, named.strip().lower())
    key = document_key(url)
    aliases = [Alias(scheme="document", scope="", value=key)] if key else []
    names = [Alias(scheme=scheme, scope="", value=url) for scheme in ("url", "copy")]
    found = archive.find([*aliases, *names])
    if not found:
        hint = "Search for its title: `natowire search WORDS`."
        raise NotFoundError(f"No item has the address {url}.", hint=hint, where=url)
    return found[0].id


def _complete_address(named: str) -> str:
    """An address that was copied without its scheme, or "" where that is none."""
    return canonical_url(f"https://{named.strip()}") if _BARE_ADDRESS.match(named) else ""


def _complete_id(archive: Archive, beginning: str) -> str:
    """The one id that begins so; what is no beginning of one stays as it is."""
    found = archive.complete(beginning) if _BEGINNING.fullmatch(beginning) else ()
    if len(found) > 1:
        raise NotFoundError(
            f"Several items have ids that begin with '{beginning}'.",
            hint=f"Say more of it: {', '.join(found)}.",
            where=beginning,
        )
    return found[0] if found else beginning


def last_capture(archive: Archive, item: Item) -> str:
    """The digest of the bytes in which an item was last seen, or "" where it was seen in none."""
    if not item.observations:
        return ""
    capture = archive.capture(item.observations[-1].capture_id)
    return f"sha256:{sha256(capture.body).hexdigest()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Who someone is, and what of theirs is in the archive; `offices` are names by id."""

    person_id: str
    name: str
    role: str
    tenures: tuple[Tenure, ...]
    statements: int
    items: int
    offices: Mapping[str, str]

    def shape(self) -> Json:
        """The profile as JSON; bounds as written, null where no end is known."""
        return {
            "person_id": self.person_id,
            "name": self.name,
            "role": self.role,
            "statements": self.statements,
            "items": self.items,
            "offices": [
                {
                    "office": self.offices.get(tenure.office_id, tenure.office_id),
                    "start": tenure.start.written,
                    "end": tenure.end.written if tenure.end else None,
                    "acting": tenure.acting,
                    "verified": tenure.verified,
                    "end_unverified": tenure.end_unverified,
                    "source": tenure.source,
                }
                for tenure in self.tenures
            ],
        }


def describe_person(archive: Archive, name: str) -> tuple[Profile, ...]:
    """Who a name may mean: people of the register and speakers of the archive.

    Raises:
        NotFoundError: Nobody.
    """
    register = archive.register
    counts = {count.person_id: count for count in archive.speakers()}
    match = match_people(name, register, [(count.person_id, count.name) for count in counts.values()])
    if not match.person_ids:
        meant = " or ".join(match.suggestions)
        hint = f"Did you mean {meant}?" if meant else "`natowire speakers` lists everyone."
        raise NotFoundError(f"Nobody is known as '{name}'.", hint=hint, where=name)
    profiles = []
    for person_id, shown in zip(match.person_ids, match.names, strict=True):
        person, count = register.person_by_id.get(person_id), counts.get(person_id)
        profiles.append(
            Profile(
                person_id=person_id,
                name=shown,
                role=person.role if person else "",
                tenures=register.tenures_of.get(person_id, ()),
                statements=count.statements if count else 0,
                items=count.items if count else 0,
                offices=register.office_names,
            )
        )
    return tuple(profiles)
