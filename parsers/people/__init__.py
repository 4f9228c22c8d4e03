"""Who holds which office, when: the register and how a mention is resolved in it."""

from parsers.people.match import (
    OfficeMatch,
    PeopleMatch,
    match_offices,
    match_people,
)
from parsers.people.names import fold, person_id_of
from parsers.people.register import Office, Person, Register, load_register
from parsers.people.resolve import Resolution, resolve
from parsers.people.tenure import Bound, Tenure

__all__ = [
    "Bound",
    "Office",
    "OfficeMatch",
    "PeopleMatch",
    "Person",
    "Register",
    "Resolution",
    "Tenure",
    "fold",
    "load_register",
    "match_offices",
    "match_people",
    "person_id_of",
    "resolve",
]
