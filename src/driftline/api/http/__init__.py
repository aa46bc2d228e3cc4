"""How requests arrive: the ASGI application, its server on a loopback address, and what shows of an error."""
