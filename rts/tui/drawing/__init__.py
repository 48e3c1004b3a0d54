"""What is drawn, as text with roles: signs, colours, words made safe and fitting."""
