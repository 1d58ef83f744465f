-- A program file by its number, one row at most.
SELECT
  file_name,
  folder_path,
  sha1,
  sha256,
  md5,
  size_bytes,
  company_name,
  product_name,
  product_version,
  internal_file_name,
  original_file_name,
  file_description
FROM image
WHERE image_id = :image_id;
