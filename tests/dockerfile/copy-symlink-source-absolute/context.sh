mkdir d; echo a >d/a; ln -s /d/a abs; ln -s ../../../../d/a up
