"""Workers on a Ray cluster. Only `cluster` and `passage` know Ray, and only the bridge's process imports them.

Ray does not survive in a process with a user interface: it wants a real standard error, stalls the event loop while it
starts, prints what happens on other machines, and ends the process when its cluster is gone.
"""
