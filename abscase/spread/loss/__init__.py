"""How large the losses of a pool and of its tranches can be."""
