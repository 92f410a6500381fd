"""A GSM modem made of software, and the little network of phones it is joined to."""
