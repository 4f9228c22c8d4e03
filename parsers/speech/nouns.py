"""Nouns and small words that tell whether a phrase means a person, a body or a thing."""

from __future__ import annotations

from parsers.people.names import RANKS, STATE_TITLES


def _words(written: str) -> frozenset[str]:
    return frozenset(written.split())


_POSTS = _words(
    """
    activist actor administrator adviser advisor agent aide ally ambassador analyst attorney author
    billionaire bishop brother businessman candidate chair chairman chairperson chairwoman cmc coach
    columnist comedian conservative consultant contender coordinator correspondent counsel critic
    daughter delegate democrat deputy diplomat director doctor dsg economist editor envoy executive
    expert farmer father founder frontrunner head historian host husband incumbent inspector journalist
    lawmaker lawyer leader man manager member moderator mogul mother nominee nurse official operative
    organizer owner parent partner pastor person pilot pollster priest professor publisher reporter
    republican researcher resident rival saceur sact scientist secgen singer sister soldier son source
    speaker spokesman spokesperson spokeswoman strategist student superintendent supporter survivor
    teacher veteran voter wife witness woman worker writer
    """
)
ROLES = RANKS | STATE_TITLES | _POSTS
"""Nouns for a person by what he is or does."""

COLLECTIVES = _words(
    """
    abc administration agency alliance allies ambassadors america army authorities bbc beijing berlin
    both breitbart brussels campaign cbs chiefs china cia cnn commanders commission committee company
    congress conservatives council countries court crowd democrats demonstrators department embassy eu
    fbi finland forces foundation fox france germany government governments group guardian heads house
    institute iran isaf israel journal kremlin kyiv lawyers leaders london media members ministers
    ministry moscow nations nato nbc network newspaper norway office organisation organization paris
    parliament partners party pentagon poland police politico post presidents press prosecutors
    protesters republicans reuters romania russia senate serbia shape states sweden taliban team they
    times troops turkey twitter türkiye ukraine un union washington we
    """
)
"""Bodies and groups: they speak with no person's voice."""

UNNAMED = _words(
    """
    advisers advisors aides analysts audience critics diplomats experts interviewer journalist
    journalists moderator observers officials others participant people q question reporters researchers
    residents somebody someone sources spokesmen strategists supporters voters witnesses
    """
)
"""Nouns for speakers without a name."""

DOCUMENTS = _words(
    """
    ad agreement article banner bill book brief caption charter communique communiqué complaint concept
    declaration document e-mail editorial email file filing headline indictment it law letter logo memo
    message note order page paper phrase policy poll post poster release report resolution rule script
    sign site slogan statement story strategy study survey text title transcript treaty tweet video
    website what which
    """
)
"""Things that "say" and "define": no one speaks."""

NOT_NAMES = _words(
    """
    a about according added adding addressing after all also although an and another apr april as asked
    asking at aug august because before both but by calling dec december despite during earlier even feb
    february finally fine for friday from he her here his how however i if in indeed instead it its jan
    january jul july jun june just later let like many mar march may maybe meanwhile monday more most mr
    ms my no not noting nov november now oct october of oh ok on once one or other our per perhaps photo
    please read said saturday saying says sep sept september several she since so some speaking still
    sunday that the their then there these they this those though three thursday to today told tuesday
    two unlike until via we wednesday well what when where which while who why with wrote yes yesterday
    yet you
    """
)
"""Words that begin sentences, in capitals there, and are no part of a name."""

NAME_STOPS = _words(
    """
    after as at before by during in on to when while with
    """
)
"""Where a name phrase that follows its verb ends."""

BODY_ENDS = COLLECTIVES | _words(
    """
    affairs assembly defence defense economy education energy europe finance health interior justice nations
    parliament policy security staff state trade transformation transport treasury
    """
)
"""Last words of what someone presides or serves: a name after them begins anew ("of Defence Anna Weld")."""
