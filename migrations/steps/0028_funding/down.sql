DROP TABLE funding_claims, funded_placements, funding_schemes;
