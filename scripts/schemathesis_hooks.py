"""What schemathesis cannot know of the API: that a key of a retry is fresh, what a document and a table
look like, and that a version which was read may be sent as `*`."""
import random
import uuid

import schemathesis
from hypothesis import strategies as st

PDF = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\ntrailer << >>\n%%EOF\n"
TABLE = "email,family_name,given_names,route\nlee{}@example.net,Lee,Siu Ming,open\n"
chance = random.Random(20270101)

schemathesis.openapi.media_type("application/pdf", st.sampled_from([PDF, PDF, b"%PDF-1.7 broken", b""]))
schemathesis.openapi.media_type(
    "text/csv", st.one_of(st.integers(0, 10**6).map(lambda n: TABLE.format(n).encode()), st.binary(max_size=200))
)


@schemathesis.hook
def before_call(context, case, kwargs):
    # What the coverage phase leaves out on purpose stays out.
    phase = getattr(getattr(case.meta, "phase", None), "name", None)
    if getattr(phase, "value", phase) == "coverage":
        return
    headers = case.headers or {}
    key = headers.get("Idempotency-Key")
    if isinstance(key, str) and 0 < len(key) <= 90:
        headers["Idempotency-Key"] = key + uuid.UUID(int=chance.getrandbits(128)).hex
    if isinstance(headers.get("If-Match"), str) and chance.random() < 0.6:
        headers["If-Match"] = "*"
