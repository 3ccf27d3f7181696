"""How the starter model is drawn, trained and judged. Nothing else imports it."""
