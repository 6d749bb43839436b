"""The demo world: two crews mid-shoot, made through the product's own services."""
