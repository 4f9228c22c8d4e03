"""Who says what: quotations, indirect statements, transcript turns."""

from parsers.speech.find import find_statements
from parsers.speech.lines import answer_line

__all__ = ["answer_line", "find_statements"]
