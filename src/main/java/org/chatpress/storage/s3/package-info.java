/** S3 and compatible servers. The only package that knows the AWS SDK. */
package org.chatpress.storage.s3;
