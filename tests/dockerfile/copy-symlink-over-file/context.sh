mkdir d; ln -s new d/f
