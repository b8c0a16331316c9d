"""The parameters of a simulated ArduCopter, by PARAM_* messages and by FTP."""
