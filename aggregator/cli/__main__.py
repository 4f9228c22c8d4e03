"""`python -m aggregator.cli` is `natowire`."""

from aggregator.cli import main

main()
