"""How each event changes the state: pure functions, by what the event is about. `Store` calls them all."""
