mkdir d; echo a >d/a; ln -s a d/l; ln -s /etc/passwd d/abs; ln -s ../../x d/up; ln -s . d/self
