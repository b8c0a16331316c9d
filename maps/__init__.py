"""The live map: pages, layers, the one escaping door, tiles and printed reports."""
