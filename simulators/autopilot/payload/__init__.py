"""The gimbal and the camera of a simulated ArduCopter."""
