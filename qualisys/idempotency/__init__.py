"""A request that is sent again, because its answer was lost, is carried out once."""
