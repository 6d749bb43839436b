"""One package per area of pages."""
