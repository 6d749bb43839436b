"""Work that is due: rows with a lease. Rows are the truth; engines only carry them out."""
