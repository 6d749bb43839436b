"""Papers as PDF files: laid out by WeasyPrint, pay slips filled from plates laid out once."""
