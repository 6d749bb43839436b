"""What this business is. No Flask, no Stripe, no WeasyPrint, no APScheduler in here."""
