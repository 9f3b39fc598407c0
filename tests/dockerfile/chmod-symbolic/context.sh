mkdir d; echo a >d/a; echo x >d/x; chmod 600 d/a; chmod 700 d/x
