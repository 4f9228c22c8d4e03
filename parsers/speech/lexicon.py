"""The words that report speech, and those that stand around them."""

from __future__ import annotations

_SAY = """
say state add note tell explain stress underline underscore highlight emphasise emphasize outline confirm
warn reiterate conclude continue declare announce tweet remark reply respond answer ask argue insist
observe comment affirm reaffirm recall acknowledge admit claim assert suggest predict vow pledge promise
urge call describe praise commend welcome thank hail condemn congratulate caution concede joke quip
lament testify maintain contend counter recount shout yell chant exclaim express encourage appeal demand
proclaim reassure assure complain agree estimate report accuse blast criticise criticize mock dismiss
deny deem label characterise characterize question brand blame boast deplore applaud laud salute point
echo elaborate clarify allege muse recommend stipulate propose denounce decry bemoan refer cite quote dub
charge retort opine posit signal post reveal disclose contemplate marvel attest advise inform plead beg
invite repeat reason speculate summarise summarize tout rail credit
"""
_IRREGULAR = {
    "say": ("said", "says", "saying", "say"),
    "tell": ("told", "tells", "telling"),
    "write": ("wrote", "writes", "writing", "written"),
    "put": ("put", "puts"),
    "pay": ("paid", "pays", "paying"),
    "think": ("thinks", "thought"),
    "believe": ("believes", "believed"),
    "begin": ("began",),
    "go": ("went",),
    "swear": ("swore",),
    "read": (),
    "quip": ("quipped", "quips", "quipping"),
    "refer": ("referred", "refers", "referring"),
    "admit": ("admitted", "admits", "admitting"),
    "dub": ("dubbed", "dubs", "dubbing"),
    "deny": ("denied", "denies", "denying"),
    "reply": ("replied", "replies", "replying"),
    "testify": ("testified", "testifies", "testifying"),
    "clarify": ("clarified", "clarifies", "clarifying"),
    "decry": ("decried", "decries", "decrying"),
    "beg": ("begged", "begs", "begging"),
}


def _forms(verb: str) -> tuple[str, ...]:
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if verb.endswith("e"):
        return verb + "d", verb + "s", verb[:-1] + "ing"
    third = verb + ("es" if verb.endswith(("s", "sh", "ch")) else "s")
    return verb + "ed", third, verb + "ing"


CUES = {form: verb for verb in (*dict.fromkeys(_SAY.split()), *_IRREGULAR) for form in _forms(verb)}
"""Forms of reporting verbs, to the verb."""

ACCORDING = "according"
SIGNS = CUES | {ACCORDING: ACCORDING}
"""All words that may report speech."""

PLAIN = frozenset(
    {
        *("say", "state", "add", "note", "explain", "stress", "underline", "underscore", "highlight"),
        *("emphasise", "emphasize", "outline", "confirm", "warn", "reiterate", "conclude", "declare"),
        *(
            "announce",
            "remark",
            "argue",
            "insist",
            "observe",
            "affirm",
            "reaffirm",
            "recall",
            "acknowledge",
        ),
        *("caution", "reassure", "assure", "pledge", "urge", "tell", "clarify", "repeat"),
    }
)
"""Verbs whose object is what was said, marked by quotation marks or not."""

ACTS = frozenset(
    {"praise", "commend", "welcome", "thank", "hail", "condemn", "congratulate", "applaud", "salute", "pay"}
)
"""Acts done with words."""

INVERTED = frozenset(
    (PLAIN - {"tell"}) | {"ask", "reply", "respond", "continue", "write", "tweet", "joke", "quip", "admit"}
)
"""Verbs that may stand before their subject after a quote."""

AUXILIARIES = frozenset(
    {
        *("has", "have", "had", "is", "are", "was", "were", "be", "been", "being", "will", "would", "did"),
        *("does", "do", "can", "could", "may", "might", "should", "must", "shall", "’s", "'s"),
    }
)
BE = frozenset({"is", "are", "was", "were", "be", "been", "being", "’s", "'s"})
NOT = frozenset({"not", "never", "no", "nor", "without", "hardly"})
MODALS = frozenset({"would", "could", "should", "might", "may", "can", "will", "must", "shall"})
ADVERBS = frozenset(
    {
        *(
            "also",
            "then",
            "later",
            "further",
            "again",
            "once",
            "recently",
            "earlier",
            "repeatedly",
            "often",
        ),
        *("today", "yesterday", "tomorrow", "now", "still", "just", "always", "even", "already", "first"),
        *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "only", "simply"),
        *(
            "reportedly",
            "famously",
            "ever",
            "soon",
            "long",
            "both",
            "instead",
            "therefore",
            "finally",
            "too",
        ),
        *("all", "himself", "herself", "previously", "afterwards", "afterward", "meanwhile", "quickly"),
    }
)

PRONOUNS = {"he": "m", "she": "f", "they": "", "i": "", "we": "", "it": "it"}

DETERMINERS = frozenset(
    {"the", "a", "an", "one", "another", "his", "her", "their", "our", "its", "this", "that", "some", "two"}
)
INDEFINITE = frozenset({"a", "an", "one", "another", "some", "two", "three", "many", "several", "few"})
