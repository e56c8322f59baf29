/** S3 and its look-alikes. The only package that knows the AWS SDK. */
package org.chatpress.storage.s3;
