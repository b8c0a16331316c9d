"""An area looked at wholly: lanes, cells, their order, the split over drones, what is left to fly."""
