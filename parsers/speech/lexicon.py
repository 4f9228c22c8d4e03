"""The words that report speech, and the words that tell who is meant by a noun."""

from __future__ import annotations

from parsers.people.names import RANKS, STATE_TITLES

_SAY = """say state add note tell explain stress underline underscore highlight emphasise emphasize outline
confirm warn reiterate conclude continue declare announce tweet remark reply respond answer ask argue insist observe
comment affirm reaffirm recall acknowledge admit claim assert suggest predict vow pledge promise urge call describe
praise commend welcome thank hail condemn congratulate caution concede joke quip lament testify maintain contend
counter recount shout yell chant exclaim express encourage appeal demand proclaim reassure assure complain agree
estimate report accuse blast criticise criticize mock dismiss deny deem label characterise characterize question
brand blame boast deplore applaud laud salute point warn echo elaborate clarify allege muse recommend stipulate
propose denounce decry bemoan refer cite quote dub charge retort opine posit signal post reveal disclose contemplate
marvel attest advise inform urge plead beg invite repeat reason speculate summarise summarize tout rail credit"""
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

ROLES = frozenset(
    RANKS
    | STATE_TITLES
    | {
        *(
            "spokesperson",
            "spokesman",
            "spokeswoman",
            "official",
            "diplomat",
            "chair",
            "chairman",
            "manager",
        ),
        *(
            "chairwoman",
            "chairperson",
            "director",
            "commander",
            "head",
            "leader",
            "chief",
            "deputy",
            "envoy",
        ),
        *(
            "representative",
            "adviser",
            "advisor",
            "analyst",
            "expert",
            "professor",
            "historian",
            "candidate",
        ),
        *(
            "nominee",
            "lawmaker",
            "lawyer",
            "attorney",
            "counsel",
            "author",
            "editor",
            "reporter",
            "columnist",
        ),
        *(
            "correspondent",
            "strategist",
            "pollster",
            "activist",
            "businessman",
            "mogul",
            "billionaire",
            "host",
        ),
        *(
            "officer",
            "soldier",
            "aide",
            "ally",
            "critic",
            "supporter",
            "voter",
            "executive",
            "founder",
            "owner",
        ),
        *(
            "coordinator",
            "organizer",
            "scientist",
            "researcher",
            "speaker",
            "general",
            "ambassador",
            "woman",
        ),
        *(
            "man",
            "student",
            "resident",
            "source",
            "person",
            "member",
            "delegate",
            "veteran",
            "father",
            "mother",
        ),
        *(
            "wife",
            "husband",
            "son",
            "daughter",
            "brother",
            "sister",
            "farmer",
            "teacher",
            "doctor",
            "pastor",
        ),
        *(
            "priest",
            "bishop",
            "economist",
            "administrator",
            "superintendent",
            "agent",
            "inspector",
            "actor",
        ),
        *(
            "singer",
            "comedian",
            "operative",
            "consultant",
            "democrat",
            "republican",
            "conservative",
            "deputy",
        ),
        *("saceur", "sact", "secgen", "dsg", "cmc", "mayor", "moderator", "journalist", "partner", "coach"),
        *("pilot", "captain", "major", "corporal", "private", "witness", "survivor", "parent", "worker"),
        *("rival", "frontrunner", "contender", "congressman", "incumbent", "nurse", "writer", "publisher"),
    }
)
"""Nouns for a person by what he is or does."""

COLLECTIVES = frozenset(
    {
        *("allies", "ministers", "leaders", "members", "nations", "countries", "governments", "council"),
        *("nato", "alliance", "union", "eu", "un", "committee", "ministry", "government", "department"),
        *(
            "partners",
            "commanders",
            "ambassadors",
            "presidents",
            "parliament",
            "congress",
            "senate",
            "house",
        ),
        *(
            "administration",
            "campaign",
            "party",
            "team",
            "company",
            "agency",
            "organisation",
            "organization",
        ),
        *("commission", "court", "group", "office", "police", "army", "forces", "troops", "republicans"),
        *("democrats", "conservatives", "isaf", "pentagon", "kremlin", "taliban", "shape", "embassy"),
        *(
            "they",
            "we",
            "both",
            "heads",
            "chiefs",
            "states",
            "authorities",
            "lawyers",
            "prosecutors",
            "press",
        ),
        *(
            "media",
            "crowd",
            "demonstrators",
            "protesters",
            "network",
            "newspaper",
            "institute",
            "foundation",
        ),
        *("russia", "ukraine", "germany", "france", "turkey", "türkiye", "china", "moscow", "washington"),
        *(
            "kyiv",
            "beijing",
            "brussels",
            "berlin",
            "paris",
            "london",
            "poland",
            "romania",
            "norway",
            "serbia",
        ),
        *(
            "finland",
            "sweden",
            "iran",
            "israel",
            "america",
            "reuters",
            "times",
            "post",
            "journal",
            "guardian",
        ),
        *("cnn", "fox", "nbc", "abc", "cbs", "bbc", "politico", "breitbart", "fbi", "cia", "twitter"),
    }
)
"""Bodies and groups: they speak with no person's voice."""

UNNAMED = frozenset(
    {
        *("officials", "sources", "diplomats", "analysts", "experts", "critics", "aides", "observers"),
        *("reporters", "journalists", "residents", "witnesses", "supporters", "voters", "people", "others"),
        *("someone", "somebody", "spokesmen", "strategists", "advisers", "advisors", "researchers"),
        *("moderator", "journalist", "question", "q", "participant", "audience", "interviewer"),
    }
)

DOCUMENTS = frozenset(
    {
        *(
            "statement",
            "report",
            "letter",
            "concept",
            "declaration",
            "communiqué",
            "communique",
            "document",
        ),
        *(
            "text",
            "article",
            "treaty",
            "resolution",
            "paper",
            "book",
            "memo",
            "email",
            "e-mail",
            "headline",
        ),
        *("message", "tweet", "post", "sign", "poster", "note", "release", "strategy", "policy", "study"),
        *(
            "poll",
            "survey",
            "law",
            "bill",
            "order",
            "rule",
            "site",
            "website",
            "page",
            "story",
            "editorial",
        ),
        *("caption", "charter", "agreement", "which", "what", "ad", "video", "transcript", "it", "script"),
        *(
            "banner",
            "logo",
            "slogan",
            "phrase",
            "title",
            "file",
            "filing",
            "indictment",
            "complaint",
            "brief",
        ),
    }
)
"""Things that "say" and "define": no one speaks."""

NOT_NAMES = frozenset(
    {
        *(
            "the",
            "a",
            "an",
            "on",
            "in",
            "at",
            "but",
            "and",
            "or",
            "as",
            "if",
            "when",
            "while",
            "after",
            "for",
        ),
        *("before", "during", "since", "with", "by", "from", "to", "of", "that", "this", "these", "those"),
        *("there", "here", "what", "who", "why", "how", "where", "which", "it", "he", "she", "they", "we"),
        *(
            "i",
            "you",
            "yet",
            "so",
            "then",
            "now",
            "also",
            "still",
            "however",
            "meanwhile",
            "later",
            "earlier",
        ),
        *(
            "today",
            "yesterday",
            "his",
            "her",
            "their",
            "our",
            "my",
            "its",
            "no",
            "not",
            "yes",
            "more",
            "most",
        ),
        *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "may"),
        *("february", "march", "april", "june", "july", "august", "september", "october", "november"),
        *(
            "december",
            "speaking",
            "asked",
            "according",
            "addressing",
            "earlier",
            "finally",
            "indeed",
            "once",
        ),
        *("although", "though", "because", "until", "despite", "unlike", "like", "instead", "even", "just"),
        *("some", "many", "several", "all", "both", "other", "another", "one", "two", "three", "mr", "ms"),
        *("perhaps", "maybe", "well", "let", "asking", "saying", "calling", "noting", "adding", "per"),
        *("said", "says", "told", "added", "wrote", "fine", "oh", "ok", "please", "read", "via", "photo"),
        *("jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "about"),
    }
)
"""Words that begin sentences, in capitals there, and are no part of a name."""

NAME_STOPS = frozenset(
    {"in", "on", "at", "during", "after", "before", "as", "when", "while", "to", "with", "by"}
)
"""Where a name phrase that follows its verb ends."""
