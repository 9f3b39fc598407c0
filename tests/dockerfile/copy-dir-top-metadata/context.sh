mkdir -p d/sub
chmod 2711 d
chmod 1750 d/sub
echo 1 >d/sub/1
touch -d @1000 d/sub d
