mkdir d; echo a >d/a; echo b >d/b; touch -d @2000 d/a; touch -d @9000 d/b d
