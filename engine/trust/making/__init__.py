"""Authorities for trials: they issue certificates and revocation lists of all three kinds. Never for a real tender."""
