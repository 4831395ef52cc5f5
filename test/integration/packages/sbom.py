"""Says what is wrong with a CycloneDX 1.5 document on standard input; nothing when it is valid."""

import sys

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

error = JsonStrictValidator(SchemaVersion.V1_5).validate_str(sys.stdin.read())
if error is not None:
    print(str(error)[:2000])
