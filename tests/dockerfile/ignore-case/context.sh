echo 1 >Readme; echo 2 >readme
echo readme >.dockerignore
