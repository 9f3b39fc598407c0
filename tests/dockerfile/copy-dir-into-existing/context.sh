mkdir -p d/sub
echo new >d/sub/new
