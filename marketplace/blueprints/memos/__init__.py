"""Deal memos, as either side reads them."""
