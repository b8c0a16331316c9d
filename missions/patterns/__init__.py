"""Ways to fly that are no coverage of an area: one family a file, points in metres east and north."""
