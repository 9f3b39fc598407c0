mkdir d; echo a >d/a; echo i >ignored; echo ignored >.dockerignore; chmod 700 d
