-- Adds one program file. Returns no rows.
INSERT INTO image (
  image_id,
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
) VALUES (
  :image_id,
  :file_name,
  :folder_path,
  :sha1,
  :sha256,
  :md5,
  :size_bytes,
  :company_name,
  :product_name,
  :product_version,
  :internal_file_name,
  :original_file_name,
  :file_description
);
