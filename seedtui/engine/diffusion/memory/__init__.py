"""The device's memory: how much there is, and what to do when there is too little."""
