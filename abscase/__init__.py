"""Comparative case studies of asset-backed securitisation."""
