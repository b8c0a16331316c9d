"""Mission, fence and rally items: taken from ground stations, refused, kept, sent back."""
