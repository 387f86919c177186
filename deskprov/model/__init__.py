"""Plain data that the stages hand to each other, and the ports to the world."""
