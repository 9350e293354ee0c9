"""How each case makes its securities: stages and checks, fault trees, likeness by design."""
