mkdir -p t/d; echo new >t/d/a; chmod 711 t/d; tar --owner=0 --group=0 --sort=name -C t -cf 1.tar d; rm -r t
