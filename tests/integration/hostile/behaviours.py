"""All hostile behaviours by name."""

from tests.integration.hostile.bodies import BODIES
from tests.integration.hostile.wire import WIRE

ALL = {behaviour.name: behaviour for behaviour in (*WIRE, *BODIES)}
