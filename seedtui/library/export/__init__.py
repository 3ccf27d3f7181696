"""Sessions and images written out for others to see."""
