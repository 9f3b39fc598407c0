echo own >hosts
