echo a >a; touch -d @2000 a
