"""The places that are looked after: where they are, what to look for there and when, who serves them."""
