"""`python -m marketplace.adapters.standin`: the stand-in for Stripe."""

from __future__ import annotations

import os
import sys

from marketplace.adapters.standin.process import run

sys.exit(run(sys.argv[1:], os.environ))
