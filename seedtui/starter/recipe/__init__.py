"""How the starter model's pictures are drawn, and how it is trained and evaluated. Nothing else imports this."""
